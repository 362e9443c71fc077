package dev.reprise.cli.pipeline;

import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C, SIGTERM and a closed terminal while a run goes on: the first asks it to end, which it
 * does within seconds with what was committed kept; the second halts the process at once. A run
 * that has not ended after ten seconds is left behind: nothing that was committed is lost by that.
 *
 * <p>A shutdown hook would not do: the JVM takes no second signal once it shuts down. The class
 * that takes signals has no public name, so it is called by reflection; where it is not there, a
 * signal ends the JVM as usual.
 */
final class Interrupts implements AutoCloseable {
  private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");
  private static final long PATIENCE_MILLIS = 9_500;

  private final PrintStream err;
  private final int exitCode;
  private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
  private final List<AutoCloseable> installed = new ArrayList<>();
  private boolean interrupted;
  private @Nullable Thread watchdog;

  /**
   * Takes the signals until it is closed.
   *
   * @param exitCode of a process that is halted
   */
  Interrupts(PrintStream err, int exitCode) {
    this.err = err;
    this.exitCode = exitCode;
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
      Runtime.getRuntime().halt(exitCode);
      return;
    }
    interrupted = true;
    err.println("cancelling; again to halt at once");
    action.run();
    Thread patience = new Thread(this::haltLater, "reprise-interrupt");
    patience.setDaemon(true);
    patience.start();
    watchdog = patience;
  }

  private void haltLater() {
    try {
      Thread.sleep(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      return;
    }
    err.println("the run did not end in time and is left behind");
    Runtime.getRuntime().halt(exitCode);
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

  /** The run has ended: whoever is patient need be so no longer. */
  @Override
  public synchronized void close() {
    if (watchdog != null) {
      watchdog.interrupt();
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
