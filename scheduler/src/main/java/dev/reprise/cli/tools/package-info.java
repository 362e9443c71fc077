/**
 * The commands around an installation: what it is made of, how to build on it, clusters to try out.
 *
 * <p>Start with {@link dev.reprise.cli.tools.ClasspathCommand}.
 */
@NullMarked
package dev.reprise.cli.tools;

import org.jspecify.annotations.NullMarked;
