package dev.reprise.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.task.TaskContext;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A standard stream that gives what a unit's threads print to the unit, and passes everything else
 * on. Overrides whatever prints, so that units share neither a lock nor a buffer: one that hangs in
 * the middle of a line holds up nobody.
 */
final class RoutedStream extends PrintStream {
  private final PrintStream otherwise;
  private final PrintStream late;

  /**
   * @param otherwise where threads of no unit print
   * @param late where threads of a unit print once it is over
   */
  RoutedStream(PrintStream otherwise, PrintStream late) {
    super(OutputStream.nullOutputStream());
    this.otherwise = otherwise;
    this.late = late;
  }

  /** The open output of the calling thread's unit, or null. */
  private static @Nullable UnitOutput open(TaskContext context) {
    return context instanceof RunningUnit unit && !unit.output().isSealed() ? unit.output() : null;
  }

  private PrintStream passing(TaskContext context) {
    return context instanceof RunningUnit ? late : otherwise;
  }

  private void text(String text) {
    TaskContext context = TaskContext.current();
    UnitOutput unit = open(context);
    if (unit == null) {
      passing(context).print(text);
    } else {
      byte[] bytes = text.getBytes(UTF_8);
      unit.write(bytes, 0, bytes.length);
    }
  }

  private void line(String text) {
    text(text + System.lineSeparator());
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from) {
    write(from, 0, from.length);
  }

  @Override
  public void writeBytes(byte[] from) {
    write(from, 0, from.length);
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    TaskContext context = TaskContext.current();
    UnitOutput unit = open(context);
    if (unit == null) {
      passing(context).write(from, offset, length);
    } else {
      unit.write(from, offset, length);
    }
  }

  @Override
  public void flush() {
    TaskContext context = TaskContext.current();
    if (open(context) == null) {
      passing(context).flush();
    }
  }

  /** Closes nothing: the stream is everybody's. */
  @Override
  public void close() {
    flush();
  }

  @Override
  public boolean checkError() {
    TaskContext context = TaskContext.current();
    return open(context) == null && passing(context).checkError();
  }

  @Override
  public void print(boolean value) {
    text(String.valueOf(value));
  }

  @Override
  public void print(char value) {
    text(String.valueOf(value));
  }

  @Override
  public void print(int value) {
    text(String.valueOf(value));
  }

  @Override
  public void print(long value) {
    text(String.valueOf(value));
  }

  @Override
  public void print(float value) {
    text(String.valueOf(value));
  }

  @Override
  public void print(double value) {
    text(String.valueOf(value));
  }

  @Override
  public void print(char[] value) {
    text(String.valueOf(value));
  }

  @Override
  public void print(@Nullable String value) {
    text(String.valueOf(value));
  }

  @Override
  public void print(@Nullable Object value) {
    text(String.valueOf(value));
  }

  @Override
  public void println() {
    line("");
  }

  @Override
  public void println(boolean value) {
    line(String.valueOf(value));
  }

  @Override
  public void println(char value) {
    line(String.valueOf(value));
  }

  @Override
  public void println(int value) {
    line(String.valueOf(value));
  }

  @Override
  public void println(long value) {
    line(String.valueOf(value));
  }

  @Override
  public void println(float value) {
    line(String.valueOf(value));
  }

  @Override
  public void println(double value) {
    line(String.valueOf(value));
  }

  @Override
  public void println(char[] value) {
    line(String.valueOf(value));
  }

  @Override
  public void println(@Nullable String value) {
    line(String.valueOf(value));
  }

  @Override
  public void println(@Nullable Object value) {
    line(String.valueOf(value));
  }

  @Override
  public PrintStream format(String format, @Nullable Object... args) {
    text(String.format(Locale.getDefault(Locale.Category.FORMAT), format, args));
    return this;
  }

  @Override
  public PrintStream format(@Nullable Locale locale, String format, @Nullable Object... args) {
    text(String.format(locale, format, args));
    return this;
  }
}
