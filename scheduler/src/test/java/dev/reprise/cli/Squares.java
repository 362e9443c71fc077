package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import java.util.List;
import java.util.stream.IntStream;

/** A pipeline of eight units: numbers, their squares, the sum of those, and a line about it. */
public final class Squares {
  private Squares() {}

  static void define(Pipeline.Builder p) {
    var add = p.param("add", 0);
    var bad = p.param("bad", -1);
    var numbers = p.fanOut("numbers", local(Squares::numbers));
    var squares = p.perPartition("square", local(Squares::square), numbers, add, bad);
    var sum = p.step("sum", local(Squares::sum), squares.all());
    p.result("total", p.step("report", local(Squares::report), sum));
  }

  static List<Integer> numbers() {
    return IntStream.range(0, 5).boxed().toList();
  }

  static int square(int number, int add, int bad) {
    if (number == bad) {
      System.out.println("about to fail");
      throw new IllegalArgumentException(number + " is bad");
    }
    return number * number + add;
  }

  static int sum(List<Integer> squares) {
    return squares.stream().mapToInt(Integer::intValue).sum();
  }

  static String report(int sum) {
    return "the sum is " + sum;
  }

  public static void main(String[] args) {
    Reprise.main(args, Squares::define);
  }
}
