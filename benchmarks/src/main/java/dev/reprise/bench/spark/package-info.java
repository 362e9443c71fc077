/**
 * What Reprise on Spark is compared with: plain Spark as somebody would write it who wants to win.
 * Both sides have two threads, and where they run in this process, one session.
 *
 * <p>Nothing here is loaded unless it is asked for, as Spark may not be on the class path.
 */
@NullMarked
package dev.reprise.bench.spark;

import org.jspecify.annotations.NullMarked;
