package dev.reprise.ray;

import dev.reprise.task.TaskContext;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** User code that workers do not survive. */
final class UserTasks {
  private UserTasks() {}

  static int add(int a, int b) {
    return a + b;
  }

  /** Returns its process. */
  static long nap(int millis) throws InterruptedException {
    Thread.sleep(millis);
    return ProcessHandle.current().pid();
  }

  static int length(byte[] bytes) {
    return bytes.length;
  }

  /** Tells its process, then needs a class that nobody has. */
  static int tellAndNeedMore(Path to) throws Exception {
    Files.writeString(to, Long.toString(ProcessHandle.current().pid()));
    Class.forName("com.acme.Missing");
    return 1;
  }

  /** Tells its process, then waits for a minute. */
  static int tellAndWait(Path to) throws IOException, InterruptedException {
    Files.writeString(to, Long.toString(ProcessHandle.current().pid()));
    Thread.sleep(60_000);
    return 1;
  }

  static int exit(int code) {
    System.exit(code);
    return code;
  }

  static int halt(int code) {
    Runtime.getRuntime().halt(code);
    return code;
  }

  /**
   * A side effect that happens; then its worker dies, with all done and nothing answered: whoever
   * has the lock of the worker's undertaker holds up the answer.
   */
  static void noteAndDieBeforeTheAnswer(Path to) throws Exception {
    note(to, false);
    Object undertaker = undertaker();
    CountDownLatch held = new CountDownLatch(1);
    Thread killer =
        new Thread(
            () -> {
              synchronized (undertaker) {
                held.countDown();
                LockSupport.parkNanos(1_500_000_000L);
                Runtime.getRuntime().halt(9);
              }
            });
    killer.setDaemon(true);
    killer.start();
    held.await();
  }

  private static Object undertaker() throws ReflectiveOperationException {
    ClassLoader mine = UserTasks.class.getClassLoader();
    Field runners = mine.getClass().getDeclaredField("RUNNERS");
    runners.setAccessible(true);
    for (Object runner : ((Map<?, ?>) runners.get(null)).values()) {
      if (runner.getClass().getClassLoader() == mine) {
        Field undertaker = runner.getClass().getDeclaredField("undertaker");
        undertaker.setAccessible(true);
        return undertaker.get(runner);
      }
    }
    throw new IllegalStateException("no runner in this worker is of this code");
  }

  /** Notes that it ran, and ends the process if it is told to. */
  static int note(Path to, boolean end) throws IOException {
    Files.writeString(
        to,
        TaskContext.current().attempt() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    if (end) {
      Runtime.getRuntime().halt(3);
    }
    return 1;
  }
}
