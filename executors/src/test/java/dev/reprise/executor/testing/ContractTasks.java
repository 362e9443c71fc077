package dev.reprise.executor.testing;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.TableBuilder;
import dev.reprise.cache.codec.TableRow;
import dev.reprise.task.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The user's code of the contract tests. On the class path of every worker, like any user's code;
 * what a test and a task must tell each other while it runs goes through files.
 */
public final class ContractTasks {
  private ContractTasks() {}

  /** A type of the user's. */
  public record Person(String name, int age) {}

  /** A result of several named parts. */
  record Parts(String left, int right) {}

  /** A type that nobody registers. */
  public record Unregistered(Object anything) {}

  /** A class that cannot be initialized. */
  static final class Broken {
    static final int VALUE = Integer.parseInt("no number");

    private Broken() {}
  }

  /** A type with methods and a constructor that are tasks. */
  public record Greeter(String greeting) {
    String greet(String name) {
      return greeting + " " + name;
    }
  }

  static int add(int a, int b) {
    return a + b;
  }

  static @Nullable String nothing() {
    return null;
  }

  static Person older(Person person, int years) {
    return new Person(person.name(), person.age() + years);
  }

  static String join(List<String> parts, Map<String, Integer> counts) {
    return String.join("+", parts) + counts;
  }

  static void effect(Path file) throws IOException {
    Files.writeString(file, "happened");
  }

  static List<Integer> count(int n) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  static Parts parts() {
    return new Parts("l", 2);
  }

  static byte[] bytes(int size, int seed) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (seed + i * 31 + (i >> 8));
    }
    return bytes;
  }

  static List<byte[]> manyBytes(int n, int size) {
    byte[][] all = new byte[n][];
    Arrays.setAll(all, i -> bytes(size, i));
    return Arrays.asList(all);
  }

  static List<Object> unregisteredAtTheEnd(int size) {
    return List.of(bytes(size, 1), new Unregistered("x"));
  }

  static Object unregistered() {
    return new Unregistered("x");
  }

  /** Tables that a unit of this process has seen, for tests of who closes them. */
  public static final List<ArrowTable> TABLES = new CopyOnWriteArrayList<>();

  private static final Schema NUMBERS =
      new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))));

  static ArrowTable table(int rows) {
    TableBuilder table = ArrowTable.builder(NUMBERS);
    for (int i = 0; i < rows; i++) {
      table.row(i);
    }
    return seen(table.build());
  }

  /** A result of several tables and a number. */
  record Split(ArrowTable train, ArrowTable test, int seed) {}

  static Split split(int rows) {
    return new Split(table(rows), table(rows / 4), rows);
  }

  static List<ArrowTable> tables(int n) {
    return IntStream.range(0, n).mapToObj(ContractTasks::table).toList();
  }

  static long sum(ArrowTable table) {
    long sum = 0;
    for (TableRow row : seen(table).rows()) {
      sum += row.getLong("n");
    }
    return sum;
  }

  static ArrowTable same(ArrowTable table) {
    return seen(table);
  }

  static int failWith(ArrowTable table) {
    throw new IllegalStateException("no use for " + seen(table).rowCount() + " rows");
  }

  private static ArrowTable seen(ArrowTable table) {
    TABLES.add(table);
    return table;
  }

  static Path write(Path folder, String text) throws IOException {
    return Files.writeString(folder.resolve("report.txt"), text);
  }

  static String read(Path file) throws IOException {
    return file.getFileName() + ": " + Files.readString(file);
  }

  static int fail(String message) {
    IllegalStateException failure = new IllegalStateException(message, new IOException("the disk"));
    failure.addSuppressed(new IllegalArgumentException("on the way"));
    throw failure;
  }

  static int failOddly() {
    throw new OddException();
  }

  static int brokenClass() {
    return Broken.VALUE;
  }

  static int outOfMemory() {
    return new long[Integer.MAX_VALUE - 8].length;
  }

  @SuppressWarnings("InfiniteRecursion") // what it is for
  static int endless(int n) {
    return endless(n + 1) + 1;
  }

  /** Waits until interrupted, for a minute at most. */
  static int sleep() throws InterruptedException {
    Thread.sleep(60_000);
    return 1;
  }

  /** Swallows the interrupt, and asks whether it should end, for a minute at most. */
  static int ask() {
    for (int i = 0; i < 6_000 && !TaskContext.current().cancelled(); i++) {
      pause(10);
    }
    return 1;
  }

  /**
   * Heeds nothing until {@code release} exists, for a minute at most; then returns a large result.
   * Says that it runs by making {@code release.runs}.
   */
  static byte[] ignore(Path release) throws IOException {
    Files.createFile(release.resolveSibling(release.getFileName() + ".runs"));
    for (int i = 0; i < 6_000 && Files.notExists(release); i++) {
      pause(10);
    }
    Files.writeString(release, "seen");
    return bytes(100_000, 1);
  }

  static int interruptItself() {
    Thread.currentThread().interrupt();
    return 100_000;
  }

  static byte[] interruptItselfAndReturn(int size) {
    Thread.currentThread().interrupt();
    return bytes(size, 3);
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // As user code does that has never heard of interrupts.
    }
  }

  static long append(Path file) throws IOException {
    Files.writeString(file, Files.readString(file) + "more");
    return Files.size(file);
  }

  static long size(Path file) throws IOException {
    return Files.size(file);
  }

  static int say(int lines) throws InterruptedException {
    for (int i = 0; i < lines; i++) {
      System.out.println("line " + i + " of ✈ " + lines);
    }
    System.err.print("to ");
    System.err.printf("err%n");
    Thread helper = new Thread(() -> System.out.println("from a thread"));
    helper.start();
    helper.join();
    return lines;
  }

  static String whoAmI() {
    TaskContext context = TaskContext.current();
    return context.run() + " " + context.step() + " " + context.label() + " " + context.attempt();
  }

  static String contextLoader() {
    return String.valueOf(
        Thread.currentThread().getContextClassLoader() == ContractTasks.class.getClassLoader());
  }

  /** A resource that tells a file what becomes of it. */
  record Desk(Path log, String name, @Nullable Desk on) implements AutoCloseable {
    static Desk open(String log, String name) throws IOException {
      return putOn(log, name, null);
    }

    static Desk putOn(String log, String name, @Nullable Desk other) throws IOException {
      if (name.isEmpty()) {
        throw new IOException("it has no name");
      }
      Desk desk = new Desk(Path.of(log), name, other);
      desk.say("open");
      return desk;
    }

    private void say(String what) throws IOException {
      Files.writeString(log, what + " " + name + ";", StandardOpenOption.APPEND);
    }

    @Override
    public void close() throws IOException {
      say("close");
    }
  }

  static boolean sit(Desk upper, Desk lower) throws IOException {
    upper.say("sit at");
    return upper.on() == lower;
  }

  /** An exception whose own methods throw. */
  static final class OddException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new StackOverflowError("in getMessage");
    }

    @Override
    public synchronized Throwable getCause() {
      throw new UnsupportedOperationException("in getCause");
    }
  }
}
