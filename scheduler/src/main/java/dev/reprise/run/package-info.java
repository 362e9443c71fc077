/**
 * Running a plan: the loop that owns all state of a run, dispatch, retries, healing, commit.
 *
 * <p>Start with {@link dev.reprise.run.RunLoop}; what others see of a run is {@link
 * dev.reprise.run.RunListener} and {@link dev.reprise.run.RunView}.
 */
@NullMarked
package dev.reprise.run;

import org.jspecify.annotations.NullMarked;
