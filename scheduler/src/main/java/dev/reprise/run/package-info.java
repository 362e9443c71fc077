/**
 * Running a plan: the loop that owns all state of a run, dispatch, retries, healing, commit.
 *
 * <p>Start with {@code dev.reprise.run.RunLoop}; what others see of a run is {@link
 * dev.reprise.run.RunListener} and {@code dev.reprise.run.RunView}.
 */
@NullMarked
package dev.reprise.run;

import org.jspecify.annotations.NullMarked;
