package dev.reprise.examples.flights;

/**
 * The best model of a sweep.
 *
 * @param tried how many there were
 */
record Choice(int tried, Fit best) {}
