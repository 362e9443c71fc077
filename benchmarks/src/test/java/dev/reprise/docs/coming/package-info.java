/** The examples of the page on other systems, as they stand there. */
@NullMarked
package dev.reprise.docs.coming;

import org.jspecify.annotations.NullMarked;
