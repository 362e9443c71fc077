package dev.reprise.cli.history;

import dev.reprise.console.Figures;
import dev.reprise.journal.RunBrief;
import dev.reprise.run.RunListener.RunSummary;
import java.time.Duration;
import java.time.Instant;

/**
 * How a run ended, or what is known of one whose journal does not tell.
 *
 * @param word a {@link dev.reprise.run.RunState}, {@code DIED} or {@code UNKNOWN}
 * @param because what is known instead; empty if the word says it all
 */
record RunStatus(String word, String because) {
  static RunStatus of(RunBrief brief, String here, Instant now) {
    RunSummary summary = brief.summary();
    if (summary != null) {
      return new RunStatus(summary.state().name(), "");
    }
    RunBrief.Life life = brief.life(here, now);
    String host = brief.header().host();
    return new RunStatus(
        life.name(),
        host.equals(here)
            ? ""
            : "on %s, last heard of %s ago".formatted(host, silence(brief.lastWritten(), now)));
  }

  private static String silence(Instant since, Instant now) {
    return Figures.duration(Math.max(0, Duration.between(since, now).toSeconds()) * 1_000_000_000L);
  }

  /** Word and reason, for people. */
  @Override
  public String toString() {
    return because.isEmpty() ? word : word + " (" + because + ")";
  }
}
