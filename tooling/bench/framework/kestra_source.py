"""Kestra's flows and executions for OpenMetadata's own framework: the least that a connector for it has to do, to be measured.

Options of the connection, all text: `hostPort` of Kestra (without it there is nothing to read), and `statuses`: `each` sends one
request for each run, as all pipeline connectors of the framework but one do; `bulk` sends one for each flow.
"""

from datetime import datetime

import requests
from metadata.generated.schema.api.data.createPipeline import CreatePipelineRequest
from metadata.generated.schema.entity.data.pipeline import Pipeline, PipelineStatus, Task, TaskStatus
from metadata.generated.schema.metadataIngestion.workflow import Source as WorkflowSource
from metadata.ingestion.api.models import Either
from metadata.ingestion.models.pipeline_status import OMetaBulkPipelineStatus, OMetaPipelineStatus
from metadata.ingestion.source.pipeline.pipeline_service import PipelineServiceSource
from metadata.utils import fqn

PAGE = 100
STATES = {"SUCCESS": "Successful", "WARNING": "Successful", "FAILED": "Failed", "KILLED": "Failed", "SKIPPED": "Skipped"}


def milliseconds(date):
    return None if date is None else int(datetime.fromisoformat(date).timestamp() * 1000)


class KestraSource(PipelineServiceSource):
    @classmethod
    def create(cls, config_dict, metadata, pipeline_name=None):
        return cls(WorkflowSource.model_validate(config_dict), metadata)

    def __init__(self, config, metadata):
        # Past PipelineServiceSource, which looks among the framework's own modules for what connects to a service of this type.
        super(PipelineServiceSource, self).__init__()
        self.config = config
        self.metadata = metadata
        self.service_connection = config.serviceConnection.root.config
        self.source_config = config.sourceConfig.config
        self.options = self.service_connection.connectionOptions.root
        self.http = requests.Session()

    def test_connection(self):
        pass

    def close(self):
        self.http.close()

    def get(self, path, **parameters):
        answer = self.http.get(f"{self.options['hostPort']}/api/v1/main/{path}", params=parameters)
        answer.raise_for_status()
        return answer.json()

    def search(self, path, **parameters):
        page, total = 1, 1
        while (page - 1) * PAGE < total:
            answer = self.get(path, page=page, size=PAGE, **parameters)
            yield from answer["results"]
            page, total = page + 1, answer["total"]

    def get_pipelines_list(self):
        return self.search("flows/search", sort=["namespace:asc", "id:asc"]) if "hostPort" in self.options else []

    def get_pipeline_name(self, flow):
        return f"{flow['namespace']}.{flow['id']}"

    def yield_pipeline(self, flow):
        graph = self.get(f"flows/{flow['namespace']}/{flow['id']}/graph")
        tasks = {node["uid"]: node["task"] for node in graph["nodes"] if "task" in node}
        after = {uid: [] for uid in tasks}
        for edge in graph["edges"]:
            if edge["source"] in tasks and edge["target"] in tasks:
                after[edge["source"]].append(tasks[edge["target"]]["id"])
        pipeline = CreatePipelineRequest(
            name=self.get_pipeline_name(flow),
            description=flow.get("description"),
            service=self.context.get().pipeline_service,
            tasks=[
                Task(name=task["id"], taskType=task["type"], downstreamTasks=after[uid]) for uid, task in tasks.items()
            ],
        )
        yield Either(right=pipeline)
        self.register_record(pipeline)

    def yield_pipeline_status(self, flow):
        name = fqn.build(
            self.metadata,
            entity_type=Pipeline,
            service_name=self.context.get().pipeline_service,
            pipeline_name=self.get_pipeline_name(flow),
        )
        parameters = {"filters[namespace][EQUALS]": flow["namespace"], "filters[flowId][EQUALS]": flow["id"]}
        statuses = (self.status_of(run) for run in self.search("executions/search", **parameters))
        if self.options["statuses"] == "bulk":
            yield Either(right=OMetaBulkPipelineStatus(pipeline_fqn=name, pipeline_statuses=list(statuses)))
        else:
            for status in statuses:
                yield Either(right=OMetaPipelineStatus(pipeline_fqn=name, pipeline_status=status))

    def status_of(self, run):
        return PipelineStatus(
            executionId=run["id"],
            executionStatus=STATES.get(run["state"]["current"], "Pending"),
            timestamp=milliseconds(run["state"]["startDate"]),
            endTime=milliseconds(run["state"].get("endDate")),
            taskStatus=[
                TaskStatus(
                    name=task["taskId"],
                    executionStatus=STATES.get(task["state"]["current"], "Pending"),
                    startTime=milliseconds(task["state"]["startDate"]),
                    endTime=milliseconds(task["state"].get("endDate")),
                )
                for task in run.get("taskRunList", [])
            ],
        )

    def yield_pipeline_lineage_details(self, flow):
        return []

    def yield_pipeline_usage(self, flow):
        return []
