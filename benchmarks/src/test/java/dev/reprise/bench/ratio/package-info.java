/** That ratios are what they should be. */
@NullMarked
package dev.reprise.bench.ratio;

import org.jspecify.annotations.NullMarked;
