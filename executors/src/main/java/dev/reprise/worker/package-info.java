/**
 * The code that runs on a worker, the same for all engines: resolve what to call, decode arguments,
 * call user code, encode and digest the result, capture output, turn whatever went wrong into data.
 *
 * <p>Start with {@link dev.reprise.worker.Worker}.
 */
@NullMarked
package dev.reprise.worker;

import org.jspecify.annotations.NullMarked;
