/** What Reprise is compared with: each class holds both sides, and checks that they agree. */
@NullMarked
package dev.reprise.bench.compare;

import org.jspecify.annotations.NullMarked;
