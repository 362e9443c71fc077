/** What tests of this and the other modules share. */
@NullMarked
package dev.reprise.cache.testing;

import org.jspecify.annotations.NullMarked;
