/**
 * What every other package here uses and what uses none of them: preconditions, text, records of
 * bytes, folders, time and the kill points of tests.
 */
@NullMarked
package dev.reprise.cache.base;

import org.jspecify.annotations.NullMarked;
