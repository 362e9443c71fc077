package dev.reprise.docs.coming;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import dev.reprise.task.RetryPolicy;
import java.time.Duration;

/** What a workflow of Coflux's with a cached and a memoised task is here. */
public final class FromCoflux {
  private FromCoflux() {}

  // example
  static int rate(String currency, String askedBy) {
    return currency.length();
  }

  static int invoice(int rate, String customer) {
    if (customer.equals("nobody")) {
      throw new IllegalStateException("no address");
    }
    return rate * customer.length();
  }

  static void send(int invoice, String customer) {
    System.out.println("sent " + invoice + " to " + customer);
  }

  public static void define(Pipeline.Builder p) {
    var customer = p.param("customer", "acme");
    var rate =
        task(FromCoflux::rate).named("rates.eur").keyedBy("currency").maxAge(Duration.ofHours(1));
    var invoicing =
        task(FromCoflux::invoice).retry(RetryPolicy.attempts(2)).timeout(Duration.ofMinutes(5));
    var rates = p.step("rate", rate, p.value("EUR"), p.param("asked-by", "ann"));
    var invoice = p.step("invoice", invoicing, rates, customer);
    p.step("send", action(FromCoflux::send).memo(), invoice, customer);
    p.result("invoice", invoice);
  }

  // end
  public static void main(String[] args) {
    Reprise.main(args, FromCoflux::define);
  }
}
