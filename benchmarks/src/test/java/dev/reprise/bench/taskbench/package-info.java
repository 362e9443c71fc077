/** That the graphs are Task Bench's. */
@NullMarked
package dev.reprise.bench.taskbench;

import org.jspecify.annotations.NullMarked;
