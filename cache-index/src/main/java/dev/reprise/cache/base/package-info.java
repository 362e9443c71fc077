/** What every other package here uses and what uses none of them: preconditions. */
@NullMarked
package dev.reprise.cache.base;

import org.jspecify.annotations.NullMarked;
