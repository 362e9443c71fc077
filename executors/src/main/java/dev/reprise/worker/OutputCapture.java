package dev.reprise.worker;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * While at least one capture is open, what a unit's threads print to {@code System.out} and {@code
 * System.err} goes to the unit. The standard streams are put back when the last one closes.
 *
 * <p>What threads of no unit print goes where it went before. That includes threads of pools that
 * are older than the unit, such as the common fork-join pool; a program whose standard output must
 * hold its own words alone keeps that stream for itself and calls {@code System.setOut(System.err)}
 * before it opens an executor.
 */
public final class OutputCapture implements AutoCloseable {
  /*
   * The standard streams are the process's, so what guards their exchange is too. A stream that
   * somebody else put in place in between is left alone: ours stays behind it and passes everything
   * on.
   */
  private static final Object LOCK = new Object();
  private static int open;
  private static @Nullable Streams before;
  private static @Nullable Streams ours;

  private final AtomicBoolean closed = new AtomicBoolean();

  private OutputCapture() {}

  private record Streams(PrintStream out, PrintStream err) {}

  /** Begins to capture. */
  public static OutputCapture open() {
    synchronized (LOCK) {
      if (open++ == 0) {
        Streams found = new Streams(System.out, System.err);
        Streams routed =
            new Streams(
                new RoutedStream(found.out(), found.err()),
                new RoutedStream(found.err(), found.err()));
        System.setOut(routed.out());
        System.setErr(routed.err());
        before = found;
        ours = routed;
      }
      return new OutputCapture();
    }
  }

  /** Ends this capture; does nothing the second time. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    synchronized (LOCK) {
      Streams found = before;
      Streams routed = ours;
      if (--open > 0 || found == null || routed == null) {
        return;
      }
      if (System.out == routed.out()) {
        System.setOut(found.out());
      }
      if (System.err == routed.err()) {
        System.setErr(found.err());
      }
      before = null;
      ours = null;
    }
  }
}
