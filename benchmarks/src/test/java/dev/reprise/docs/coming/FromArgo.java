package dev.reprise.docs.coming;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import dev.reprise.task.NamedCache;
import java.time.Duration;

/** What a workflow of Argo's with a memoised template is here. */
public final class FromArgo {
  private FromArgo() {}

  // example
  static final NamedCache PRICES = new NamedCache("prices");

  static int price(String symbol, int day) {
    return symbol.length() * day;
  }

  static int round(int price) {
    return (price + 5) / 10 * 10;
  }

  static String check(int price) {
    if (price > 100) {
      throw new IllegalStateException("too dear");
    }
    return "fine";
  }

  static void tell(String check, String whom) {
    System.out.println(whom + ": " + check);
  }

  static boolean isTold(String whom) {
    return whom.equals("desk"); // looks for the mark
  }

  public static void define(Pipeline.Builder p) {
    var price =
        task(FromArgo::price).keptIn(PRICES, "price-{symbol}-{day}").maxAge(Duration.ofDays(1));
    var prices = p.step("price", price, p.param("symbol", "GOLD"), p.param("day", 7));
    var check =
        p.nested(
            "checks",
            in -> {
              in.keptWhole();
              var rounded = in.step("round", task(FromArgo::round), prices);
              return in.step("check", task(FromArgo::check), rounded);
            });
    var whom = p.param("whom", "desk");
    var told = p.step("tell", action(FromArgo::tell), check, whom);
    p.doneIf(told, whom, FromArgo::isTold);
    p.result("check", check);
  }

  // end
  public static void main(String[] args) {
    Reprise.main(args, FromArgo::define);
  }
}
