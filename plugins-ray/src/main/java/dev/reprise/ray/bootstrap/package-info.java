/**
 * The only code of ours on Ray's code search path: loads what a frame names and hands the frame on.
 * Changes as seldom as can be, uses the JDK alone, and no type but the JDK's is in a signature,
 * since Ray looks at every method of its entry class and a missing type ends the worker.
 *
 * <p>Start with {@link dev.reprise.ray.bootstrap.RayEntry}.
 */
@NullMarked
package dev.reprise.ray.bootstrap;

import org.jspecify.annotations.NullMarked;
