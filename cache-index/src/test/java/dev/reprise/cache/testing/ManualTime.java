package dev.reprise.cache.testing;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that moves when the test moves it: ticker, clock and alarms in one. */
public final class ManualTime implements Ticker, InstantSource, Alarms {
  private final PriorityQueue<Due> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::order));
  private Instant clock = Instant.parse("2026-03-01T10:00:00Z");
  private long nanos = 1_000_000_007L;
  private long order;

  private record Due(long atNanos, long order, Runnable action) {}

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized Instant instant() {
    return clock;
  }

  @Override
  public synchronized Alarm after(Duration delay, Runnable action) {
    Due due = new Due(nanos + delay.toNanos(), order++, action);
    alarms.add(due);
    return () -> cancel(due);
  }

  private synchronized void cancel(Due due) {
    alarms.remove(due);
  }

  /** Number of alarms that are still to come. */
  public synchronized int alarms() {
    return alarms.size();
  }

  /**
   * Lets {@code duration} pass; alarms that fall into it go off on the calling thread, in order.
   */
  public void advance(Duration duration) {
    long end;
    synchronized (this) {
      end = nanos + duration.toNanos();
    }
    for (Due due = next(end); due != null; due = next(end)) {
      due.action().run();
    }
    synchronized (this) {
      moveTo(end);
    }
  }

  private synchronized Due next(long end) {
    Due due = alarms.peek();
    if (due == null || due.atNanos() > end) {
      return null;
    }
    moveTo(Math.max(nanos, due.atNanos()));
    return alarms.remove();
  }

  private void moveTo(long to) {
    clock = clock.plusNanos(to - nanos);
    nanos = to;
  }
}
