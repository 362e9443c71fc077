package dev.reprise.cli.pipeline;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Alarms.Alarm;
import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C, SIGTERM and a closed terminal while a run goes on: the first asks it to end, which it
 * does within seconds with what was committed kept; the second halts the process at once. A run
 * that has not ended after ten seconds is left behind: nothing that was committed is lost by that.
 * Closing what it used, such as a connection to a cluster, has as long again.
 *
 * <p>A shutdown hook would not do: the JVM takes no second signal once it shuts down. The class
 * that takes signals has no public name, so it is called by reflection; where it is not there, a
 * signal ends the JVM as usual.
 */
final class Interrupts implements AutoCloseable {
  private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");
  private static final Duration PATIENCE = Duration.ofMillis(9_500);
  private static final String LEFT =
      "the run has ended; what it used was not closed in time and is left behind";

  private final PrintStream err;
  private final Alarms alarms;
  private final Runnable halt;
  private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
  private final List<AutoCloseable> installed = new ArrayList<>();
  private boolean interrupted;
  private boolean ended;
  private @Nullable Alarm watchdog;

  /**
   * Takes the signals until it is closed.
   *
   * @param alarms which nothing else holds up
   * @param halt ends the process at once
   */
  Interrupts(PrintStream err, Alarms alarms, Runnable halt) {
    this.err = err;
    this.alarms = alarms;
    this.halt = halt;
    for (String signal : SIGNALS) {
      try {
        installed.add(install(signal));
      } catch (ReflectiveOperationException | IllegalArgumentException e) {
        // Not on this platform, or the JVM was started with -Xrs: its own ways apply.
      }
    }
  }

  /** From now on a signal calls {@code action}; before, it ended the process. */
  void cancels(Runnable action) {
    cancel.set(action);
  }

  synchronized void onSignal() {
    Runnable action = cancel.get();
    if (interrupted || action == null) {
      halt.run();
      return;
    }
    interrupted = true;
    if (ended) {
      err.println("the run has ended; closing what it used; again to halt at once");
      watch(LEFT);
      return;
    }
    err.println("cancelling; again to halt at once");
    action.run();
    watch("the run did not end in time and is left behind");
  }

  /** The run has ended; what it used is still to be closed. */
  synchronized void runEnded() {
    ended = true;
    if (watchdog != null) {
      watchdog.cancel();
      watch(LEFT);
    }
  }

  private void watch(String late) {
    watchdog =
        alarms.after(
            PATIENCE,
            () -> {
              err.println(late);
              halt.run();
            });
  }

  /** Returns what puts back the handler that was there before. */
  private AutoCloseable install(String name) throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Method handle = signalType.getMethod("handle", signalType, handlerType);
    Object signal = signalType.getConstructor(String.class).newInstance(name);
    InvocationHandler calls =
        (proxy, method, args) ->
            switch (method.getName()) {
              case "equals" -> proxy == args[0];
              case "hashCode" -> System.identityHashCode(proxy);
              case "toString" -> "reprise's handler of SIG" + name;
              default -> {
                onSignal();
                yield null;
              }
            };
    Object handler =
        Proxy.newProxyInstance(
            Interrupts.class.getClassLoader(), new Class<?>[] {handlerType}, calls);
    Object before = handle.invoke(null, signal, handler);
    return () -> handle.invoke(null, signal, before);
  }

  /** All is over: nobody need be patient any longer. */
  @Override
  public synchronized void close() {
    if (watchdog != null) {
      watchdog.cancel();
    }
    for (AutoCloseable each : installed) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException("cannot put back a signal handler", e);
      }
    }
    installed.clear();
  }
}
