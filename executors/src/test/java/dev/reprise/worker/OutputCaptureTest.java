package dev.reprise.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_OUT)
class OutputCaptureTest {
  private final PrintStream outBefore = System.out;
  private final PrintStream errBefore = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream realOut = new PrintStream(out, true, UTF_8);
  private final PrintStream realErr = new PrintStream(err, true, UTF_8);
  private final RunningUnit unit = new RunningUnit("r1", "step", "", 1);

  @BeforeEach
  void putStreamsInPlace() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  @AfterEach
  void putStreamsBack() {
    System.setOut(outBefore);
    System.setErr(errBefore);
  }

  @Test
  void close_last_putsStreamsBack() {
    OutputCapture first = OutputCapture.open();
    OutputCapture second = OutputCapture.open();
    first.close();
    first.close();
    assertThat(System.out).isNotSameAs(realOut);
    second.close();

    assertThat(System.out).isSameAs(realOut);
    assertThat(System.err).isSameAs(realErr);
  }

  @Test
  void close_somebodyElseChangedAStream_leavesItAlone() {
    PrintStream theirs = new PrintStream(out, true, UTF_8);
    OutputCapture capture = OutputCapture.open();
    System.setOut(theirs);
    capture.close();

    assertThat(System.out).isSameAs(theirs);
    assertThat(System.err).isSameAs(realErr);
  }

  @Test
  void print_everyWayInAUnit_goesToTheUnitAlone() {
    try (OutputCapture capture = OutputCapture.open()) {
      unit.begin();
      printEveryWay(System.out);
      unit.end();
    }

    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    printEveryWay(new PrintStream(plain, true, UTF_8));
    assertThat(new String(unit.sealOutput().array(), UTF_8)).isEqualTo(plain.toString(UTF_8));
    assertThat(out.size() + err.size()).isZero();
  }

  private static void printEveryWay(PrintStream to) {
    to.print(true);
    to.print('c');
    to.print(1);
    to.print(2L);
    to.print(3.5f);
    to.print(4.5);
    to.print(new char[] {'x', 'y'});
    to.print("text ✈");
    to.print((String) null);
    to.print((Object) null);
    to.println();
    to.println(true);
    to.println('c');
    to.println(1);
    to.println(2L);
    to.println(3.5f);
    to.println(4.5);
    to.println(new char[] {'x', 'y'});
    to.println("text");
    to.println((Object) "object");
    to.printf("%d %s%n", 1, "a");
    to.printf(Locale.GERMANY, "%,.2f%n", 1234.5);
    to.format("%d%n", 1).append("appended").append('c').append("abc", 1, 2);
    to.write('w');
    to.write(new byte[] {'a', 'b', 'c'}, 1, 1);
    to.writeBytes(new byte[] {'d'});
    to.flush();
    to.close();
  }

  @Test
  void print_outsideOfUnits_goesWhereItWentBefore() {
    try (OutputCapture capture = OutputCapture.open()) {
      System.out.print("to out");
      System.err.print("to err");
    }

    assertThat(out).hasToString("to out");
    assertThat(err).hasToString("to err");
  }

  @Test
  void print_threadThatOutlivesItsUnit_neverReachesStandardOutput() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (OutputCapture capture = OutputCapture.open()) {
      unit.begin();
      Thread late =
          new Thread(
              () -> {
                System.out.print("early");
                awaitQuietly(over);
                System.out.print("late");
              });
      late.start();
      unit.end();
      while (late.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertThat(new String(unit.sealOutput().array(), UTF_8)).isEqualTo("early");
      over.countDown();
      late.join();
    }

    assertThat(out.size()).isZero();
    assertThat(err).hasToString("late");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
