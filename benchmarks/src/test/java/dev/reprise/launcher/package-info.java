/**
 * The script at the top of the source tree that builds and starts Reprise. Tested in a tree of its
 * own with a Maven and a Java that only write down how they were called.
 */
@NullMarked
package dev.reprise.launcher;

import org.jspecify.annotations.NullMarked;
