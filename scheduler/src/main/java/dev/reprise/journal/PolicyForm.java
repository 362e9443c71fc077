package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.run.RunPolicy;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.CachePolicy.Property;
import java.util.LinkedHashMap;
import java.util.Map;

/** The form of what a run says of cache policies: words and texts, as settings have them. */
final class PolicyForm {
  private PolicyForm() {}

  static void write(RecordWriter to, RunPolicy policy) {
    to.putTexts(texts(policy.all()));
    to.putAll(
        policy.steps().entrySet(),
        (each, step) -> each.putString(step.getKey()).putTexts(texts(step.getValue())));
  }

  static RunPolicy read(RecordReader from) throws BadRecordException {
    CachePolicy all = read(from.readTexts());
    Map<String, CachePolicy> steps = new LinkedHashMap<>();
    for (int i = from.readCount(); i > 0; i--) {
      steps.put(from.readString(), read(from.readTexts()));
    }
    return new RunPolicy(all, steps);
  }

  private static Map<String, String> texts(CachePolicy policy) {
    Map<String, String> texts = new LinkedHashMap<>();
    policy.said().forEach(each -> texts.put(each.name(), policy.shown(each)));
    return texts;
  }

  private static CachePolicy read(Map<String, String> texts) {
    CachePolicy policy = CachePolicy.DEFAULT;
    for (Map.Entry<String, String> each : texts.entrySet()) {
      policy = with(policy, each.getKey(), each.getValue());
    }
    return policy;
  }

  /** What is not said in words, as a strategy, or by a later version, is not shown. */
  private static CachePolicy with(CachePolicy policy, String property, String text) {
    try {
      return policy.with(Property.valueOf(property), text);
    } catch (IllegalArgumentException e) {
      return policy;
    }
  }
}
