/**
 * What Flyte, Coflux, Argo Workflows, Dagster and Uniflow do to reuse, memoise and resume, done by
 * Reprise through its API and its command line, a test each, counting how often bodies run.
 *
 * <p>Start with {@link dev.reprise.behaviours.Bodies}.
 */
@NullMarked
package dev.reprise.behaviours;

import org.jspecify.annotations.NullMarked;
