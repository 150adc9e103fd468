const conc = 'which of sixteen writers at once comes last is chance; replayed, they come one after the other';
const byHand = 'rows had been added to or taken from the database between the recordings';

/** Recordings whose answers the stand-in does not give, with the reason. One that agrees again must be taken out of here. */
export const knownDisagreements: Record<'1.2' | '1.6', Record<string, string>> = {
  '1.6': {
    '52-patch-005-add-task':
      'the answer of a PATCH leaves out the empty tags of a task that it adds; the next GET has them',
    '64-http-007-trailing-slash': byHand,
    '2092_fill-conc-after_pipelines-name-fillsvc.conc_diff_fields-tasks': conc,
    '2093_fill-conc-after_pipelines-name-fillsvc.conc_diff': conc,
  },
  '1.2': {
    '22-pipeline-errors-008-tag-derived': 'a derived tag, which is not stored, is in the answer of the PUT',
    '24-pipeline-partial-failure-016-get-poisoned-by-id':
      'the id of a half-created row is known from an error text only',
    '24-pipeline-partial-failure-017-delete-poisoned-by-id':
      'the id of a half-created row is known from an error text only',
    '24-pipeline-partial-failure-020-list-after-db-cleanup': byHand,
    '30-status-058-list-with-status': byHand,
    '52-patch-005-add-task':
      'the answer of a PATCH leaves out the empty tags of a task that it adds; the next GET has them',
    '52-patch-007-add-tag': 'the answer of a PATCH leaves out the name of a tag that it adds; the next GET has it',
    '64-http-007-trailing-slash': byHand,
    '2092_fill-conc-after_pipelines-name-fillsvc.conc_diff_fields-tasks': conc,
    '2093_fill-conc-after_pipelines-name-fillsvc.conc_diff': conc,
  },
};
