/**
 * The dependence patterns of Task Bench (Slaughter et al., SC20) as pipelines whose units check
 * what they are given.
 */
@NullMarked
package dev.reprise.bench.taskbench;

import org.jspecify.annotations.NullMarked;
