package dev.reprise.ray;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;

import dev.reprise.Reprise;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import java.util.List;
import java.util.stream.IntStream;

/** A pipeline that takes its time: so many naps of so many milliseconds, and a sum. */
public final class Naps {
  private Naps() {}

  /** For child processes. */
  public static void main(String[] args) {
    Reprise.main(args, Naps::define);
  }

  static void define(Pipeline.Builder p) {
    Value<Integer> millis = p.param("millis", 100);
    Partitions<Integer> numbers = p.fanOut("numbers", local(Naps::upTo), p.param("naps", 4));
    Partitions<Integer> naps = p.perPartition("nap", task(Naps::nap), numbers, millis);
    p.result("sum", p.step("sum", local(Naps::sum), naps.all()));
  }

  static List<Integer> upTo(int most) {
    return IntStream.range(0, most).boxed().toList();
  }

  static int nap(int number, int millis) throws InterruptedException {
    if (millis < 0) {
      throw new IllegalArgumentException("no nap of %s ms".formatted(millis));
    }
    System.out.println("nap " + number);
    Thread.sleep(millis);
    return number;
  }

  static int sum(List<Integer> all) {
    return all.stream().mapToInt(Integer::intValue).sum();
  }
}
