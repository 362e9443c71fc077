/** What the script {@code reprise} needs when it builds. */
@NullMarked
package dev.reprise.launcher;

import org.jspecify.annotations.NullMarked;
