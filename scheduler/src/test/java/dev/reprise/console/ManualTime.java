package dev.reprise.console;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that moves when the test moves it, and calls back as it passes. */
public final class ManualTime implements Ticker, Alarms {
  private final List<Call> calls = new ArrayList<>();
  private long nanos = 1_000_000_000_000L;

  private record Call(long at, Runnable action) {}

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Alarm after(Duration delay, Runnable action) {
    Call call = new Call(nanos + delay.toNanos(), action);
    calls.add(call);
    return () -> calls.remove(call);
  }

  public int pending() {
    return calls.size();
  }

  public void pass(Duration time) {
    long until = nanos + time.toNanos();
    while (true) {
      Call next =
          calls.stream()
              .filter(call -> call.at() <= until)
              .min((a, b) -> Long.compare(a.at(), b.at()))
              .orElse(null);
      if (next == null) {
        nanos = until;
        return;
      }
      calls.remove(next);
      nanos = next.at();
      next.action().run();
    }
  }
}
