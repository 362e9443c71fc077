package dev.reprise.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The journal of a run that goes on, or that died. */
public final class BegunJournal {
  private BegunJournal() {}

  /** Begins a journal, which a thread of its own writes; returns when it can be read. */
  public static void write(Path runs, RunHeader header, RunView view) throws Exception {
    new JournalWriter(runs.resolve(header.run()), Clock.systemUTC()).started(header, view);
    RunHistory history = new RunHistory(runs);
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < deadline) {
      try {
        assertThat(history.readBrief(header.run()).header()).isEqualTo(header);
        return;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
    throw new AssertionError("the journal was not begun");
  }
}
