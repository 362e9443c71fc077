/**
 * A driver's home: the folders, the index, the store, and what a run is given of them.
 *
 * <p>Start with {@link dev.reprise.home.Home}.
 */
@NullMarked
package dev.reprise.home;

import org.jspecify.annotations.NullMarked;
