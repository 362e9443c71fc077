package dev.reprise.journal;

import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import org.jspecify.annotations.Nullable;

/**
 * A run in a list of runs.
 *
 * @param header what was known when it began
 * @param summary how it ended; null if its journal does not tell: it goes on, or its process died
 */
public record RunBrief(RunHeader header, @Nullable RunSummary summary) {
  /** Id of the run. */
  public String id() {
    return header.run();
  }

  /**
   * Whether the run goes on: it has not ended, and its process lives on this machine. A process
   * that began after the run has its number by chance.
   */
  public boolean goesOn(String host) {
    return summary == null
        && header.host().equals(host)
        && ProcessHandle.of(header.pid())
            .flatMap(process -> process.info().startInstant())
            .filter(began -> !began.isAfter(header.start().plusSeconds(2)))
            .isPresent();
  }
}
