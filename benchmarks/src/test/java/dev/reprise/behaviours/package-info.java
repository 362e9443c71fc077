/**
 * Which behaviours of Flyte, Coflux, Argo Workflows, Dagster and Uniflow, and which of the faults
 * that must be got over, are shown by a test, as the end of {@code mvn verify} tells.
 *
 * <p>Start with {@link dev.reprise.behaviours.BehaviourReport}.
 */
@NullMarked
package dev.reprise.behaviours;

import org.jspecify.annotations.NullMarked;
