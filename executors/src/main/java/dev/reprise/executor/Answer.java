package dev.reprise.executor;

/** The last word on one attempt. */
public record Answer(long attempt, AttemptResult result) {}
