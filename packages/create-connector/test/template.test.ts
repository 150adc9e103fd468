// The template's own tests, from its sources: what is written for others works here first.
import '../template/test/conformance.test.js';
import '../template/test/mapping.test.js';
