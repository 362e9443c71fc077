package dev.reprise.ray.bootstrap;

import java.util.concurrent.atomic.AtomicInteger;

/** What Ray calls. Bytes in, bytes out, and nothing is ever thrown across that border. */
public final class RayEntry {
  private static final int FIRST_PAUSE_MILLIS = 1_000;
  private static final int LONGEST_PAUSE_MILLIS = 30_000;

  private static final AtomicInteger failures = new AtomicInteger();

  private RayEntry() {}

  /** Runs what a {@link Frame} says; the answer is a {@link Reply}. */
  public static byte[] run(byte[] frame) {
    try {
      Frame read = Frame.decode(frame);
      return Reply.done(CodeLoader.runner(read.codeFolder(), read.code()).apply(read.body()));
    } catch (Throwable e) {
      pause();
      return Reply.failed(e);
    }
  }

  /**
   * Keeps the slot for a while, longer each time: where nothing can run, tasks end so fast that Ray
   * would send all there.
   */
  private static void pause() {
    int doublings = Math.min(10, failures.getAndIncrement());
    try {
      Thread.sleep(Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << doublings));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
