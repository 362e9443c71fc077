package dev.reprise.console;

import dev.reprise.cache.base.Alarms.Alarm;
import dev.reprise.console.Screen.Tone;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Lines for a terminal, above a last line that shows how far the run is and is drawn anew while it
 * goes on. Short runs never see that line.
 */
final class LiveLines implements Lines {
  private static final Duration FIRST = Duration.ofMillis(400);
  private static final Duration BETWEEN = Duration.ofMillis(200);
  private static final int BAR = 24;
  private static final String CLEAR = "\r\u001b[K";

  // Everything below is guarded by this: alarms come on a thread of their own.
  private final Screen screen;
  private final long startNanos;
  private Progress progress = Progress.NONE;
  private boolean drawn;
  private @Nullable Alarm alarm;
  private boolean closed;

  LiveLines(Screen screen) {
    this.screen = screen;
    this.startNanos = screen.ticker().nanos();
  }

  @Override
  public synchronized void out(String line) {
    erase();
    screen.out().println(line);
  }

  @Override
  public synchronized void err(String line) {
    erase();
    screen.out().flush();
    screen.err().println(line);
  }

  @Override
  public synchronized void progress(Progress now) {
    progress = now;
    if (alarm == null && !closed) {
      alarm = screen.alarms().after(FIRST, this::draw);
    }
  }

  private synchronized void draw() {
    if (closed) {
      return;
    }
    int filled = (int) Math.round(progress.share() * BAR);
    String time = Figures.duration(screen.ticker().nanos() - startNanos);
    String text = " %3.0f%%  %s  %s".formatted(100 * progress.share(), progress, time);
    int room = Math.max(0, screen.width() - 1 - BAR);
    screen
        .out()
        .print(
            CLEAR
                + screen.paint(Tone.DONE, "━".repeat(filled))
                + screen.paint(Tone.FAINT, "━".repeat(BAR - filled))
                + text.substring(0, Math.min(room, text.length())));
    screen.out().flush();
    drawn = true;
    alarm = screen.alarms().after(BETWEEN, this::draw);
  }

  private void erase() {
    if (drawn) {
      screen.out().print(CLEAR);
      drawn = false;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (alarm != null) {
      alarm.cancel();
    }
    erase();
    screen.out().flush();
  }
}
