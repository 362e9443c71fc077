package dev.reprise.console;

import dev.reprise.cache.base.Alarms.Alarm;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Lines for a file, a pipe or a log: each is printed once, and long silence is broken by progress.
 */
final class PlainLines implements Lines {
  private static final Duration SILENCE = Duration.ofSeconds(10);

  // Everything below is guarded by this: alarms come on a thread of their own.
  private final Screen screen;
  private final long startNanos;
  private Progress progress = Progress.NONE;
  private Progress shown = Progress.NONE;
  private long lastLine;
  private @Nullable Alarm alarm;
  private boolean closed;

  PlainLines(Screen screen) {
    this.screen = screen;
    this.startNanos = screen.ticker().nanos();
    this.lastLine = startNanos;
  }

  @Override
  public synchronized void out(String line) {
    screen.out().println(line);
    lastLine = screen.ticker().nanos();
  }

  @Override
  public synchronized void err(String line) {
    screen.out().flush();
    screen.err().println(line);
  }

  @Override
  public synchronized void progress(Progress now) {
    progress = now;
    if (alarm == null && !closed) {
      alarm = screen.alarms().after(SILENCE, this::onSilence);
    }
  }

  private synchronized void onSilence() {
    if (closed) {
      return;
    }
    long now = screen.ticker().nanos();
    boolean silent = now - lastLine >= SILENCE.toNanos();
    if (silent && !progress.equals(shown)) {
      shown = progress;
      out("…          %s, %s".formatted(progress, Figures.duration(now - startNanos)));
    }
    alarm = screen.alarms().after(SILENCE, this::onSilence);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (alarm != null) {
      alarm.cancel();
    }
    screen.out().flush();
  }
}
