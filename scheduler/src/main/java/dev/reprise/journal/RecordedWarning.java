package dev.reprise.journal;

/**
 * Something that the user was told during the run.
 *
 * @param code for scripts, such as {@code INDEX_UNAVAILABLE}
 * @param message for people
 * @param offsetMillis when, in milliseconds since the run began
 */
public record RecordedWarning(String code, String message, long offsetMillis) {}
