package dev.reprise.ray.worker;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the end of this process. A thread that was abandoned goes on using a processor that
 * Ray believes to be free, so the process ends once nothing else runs in it; Ray starts a new one.
 * And when user code ends the process, the driver is told before.
 */
final class Undertaker {
  private static final long PATIENCE_MILLIS = 20_000;
  private static final long TICK_MILLIS = 5;

  private final Set<ChunkRun> running = ConcurrentHashMap.newKeySet();
  private int inside;
  private boolean ending;

  /** A chunk is about to begin. Does not return if the process ends: nobody has begun the chunk. */
  synchronized void enter() throws InterruptedException {
    while (ending) {
      wait();
    }
    inside++;
  }

  synchronized void leave() {
    inside--;
  }

  void runs(ChunkRun run) {
    running.add(run);
  }

  void ran(ChunkRun run) {
    running.remove(run);
  }

  /** Ends the process if an abandoned unit does not end by itself. */
  void watch(CountDownLatch ended) {
    Thread watcher =
        new Thread(
            () -> {
              try {
                boolean over = ended.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                while (!over && !claimEnd()) {
                  over = ended.await(TICK_MILLIS, TimeUnit.MILLISECONDS);
                }
                if (!over) {
                  Runtime.getRuntime().halt(0);
                }
              } catch (InterruptedException e) {
                // Somebody else ends the process.
              }
            },
            "reprise-undertaker");
    watcher.setDaemon(true);
    watcher.start();
  }

  private synchronized boolean claimEnd() {
    ending |= inside == 0;
    return ending;
  }

  /** Called when the process ends in good order, which units in it do not expect. */
  void tellExit() {
    for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
      StackTraceElement[] stack = each.getValue();
      boolean exits =
          Arrays.stream(stack)
              .anyMatch(
                  frame ->
                      frame.getClassName().equals("java.lang.Runtime")
                          && frame.getMethodName().equals("exit"));
      if (exits) {
        Arrays.stream(stack)
            .filter(frame -> !frame.getClassName().startsWith("java."))
            .findFirst()
            .filter(frame -> !frame.getClassName().startsWith("io.ray."))
            .ifPresent(frame -> tell("System.exit was called at " + withoutLoader(frame)));
      }
    }
  }

  private static String withoutLoader(StackTraceElement frame) {
    return "%s.%s(%s:%s)"
        .formatted(
            frame.getClassName(),
            frame.getMethodName(),
            frame.getFileName(),
            frame.getLineNumber());
  }

  private void tell(String how) {
    for (ChunkRun run : running) {
      try {
        run.tellExit(how);
      } catch (IOException e) {
        // Then the driver learns of the end alone.
      }
    }
  }
}
