/** Example pipelines, from the first one to the real one. */
@NullMarked
package dev.reprise.examples;

import org.jspecify.annotations.NullMarked;
