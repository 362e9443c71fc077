package dev.reprise.cache.fingerprint;

import java.lang.reflect.Array;
import java.lang.reflect.InaccessibleObjectException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One walk over one value, depth first.
 *
 * <p>The path of a refusal is put together on the way out: each level that is left adds its own
 * segment in front, so that a walk that succeeds never builds a path. A value that contains itself
 * is found by the identity of the containers that are being walked, and nothing is deeper than
 * {@link #MAX_DEPTH}, so that no value overflows the stack.
 */
final class CanonicalWalk {
  /** How deep containers may be nested. */
  static final int MAX_DEPTH = 500;

  private final Scalars scalars;
  private final HashFunctions functions;
  private final @Nullable SecretKeyring keyring;
  private final MetClasses met;
  private final List<Object> ancestors;
  private final CanonicalBytes to;

  /**
   * @param met gets the classes in the value that may be a user's
   */
  CanonicalWalk(
      Scalars scalars,
      HashFunctions functions,
      @Nullable SecretKeyring keyring,
      MetClasses met,
      CanonicalBytes to) {
    this(scalars, functions, keyring, met, new ArrayList<>(), to);
  }

  private CanonicalWalk(
      Scalars scalars,
      HashFunctions functions,
      @Nullable SecretKeyring keyring,
      MetClasses met,
      List<Object> ancestors,
      CanonicalBytes to) {
    this.scalars = scalars;
    this.functions = functions;
    this.keyring = keyring;
    this.met = met;
    this.ancestors = ancestors;
    this.to = to;
  }

  void value(@Nullable Object value) throws NoCanonicalFormException {
    if (value == null) {
      to.tag(Tag.NULL);
      return;
    }
    HashFunctions.HashFunction function = functions.find(value.getClass());
    if (function != null) {
      met.instance(value.getClass());
      hashed(function, value);
      return;
    }
    Scalars.Form<Object> scalar = scalars.of(value.getClass());
    if (scalar != null) {
      if (value instanceof Class<?> type) {
        met.handedOn(type);
      }
      scalar.write(value, to);
    } else if (value instanceof Enum<?> constant) {
      met.instance(value.getClass());
      to.tag(Tag.ENUM).putText(constant.getDeclaringClass().getName()).putText(constant.name());
    } else if (value instanceof Secret<?> secret) {
      secret(secret);
    } else {
      container(value);
    }
  }

  private void container(Object value) throws NoCanonicalFormException {
    for (Object ancestor : ancestors) {
      if (ancestor == value) {
        throw refusal("contains itself: a cycle has no canonical form");
      }
    }
    if (ancestors.size() == MAX_DEPTH) {
      throw refusal("is nested more than " + MAX_DEPTH + " levels deep");
    }
    ancestors.add(value);
    try {
      contents(value);
    } catch (RuntimeException e) {
      // user code: an accessor, an iterator, a collection that another thread changes
      NoCanonicalFormException refusal =
          refusal("a " + value.getClass().getName() + " cannot be read: " + e);
      refusal.initCause(e);
      throw refusal;
    } finally {
      ancestors.remove(ancestors.size() - 1);
    }
  }

  private void contents(Object value) throws NoCanonicalFormException {
    if (value.getClass().isRecord()) {
      record(value);
    } else if (value.getClass().isArray()) {
      array(value);
    } else if (Unsupported.isOddCollection(value)) {
      throw refusal(Unsupported.why(value));
    } else if (isContainer(value) && !Unsupported.isOfTheJdk(value)) {
      throw refusal(Unsupported.whyUnknown(value));
    } else if (value instanceof List<?> list) {
      elements(Tag.LIST, list.toArray());
    } else if (value instanceof Set<?> set) {
      set(set);
    } else if (value instanceof Map<?, ?> map) {
      map(map);
    } else if (value instanceof Deque<?> deque) {
      elements(Tag.DEQUE, deque.toArray());
    } else if (value instanceof Map.Entry<?, ?> entry) {
      to.tag(Tag.ENTRY);
      within(".key", entry.getKey());
      within(".value", entry.getValue());
    } else if (value instanceof Optional<?> optional) {
      to.tag(Tag.OPTIONAL).putByte(optional.isPresent() ? 1 : 0);
      within(".get()", optional.orElse(null));
    } else {
      throw refusal(Unsupported.why(value));
    }
  }

  private static boolean isContainer(Object value) {
    return value instanceof List
        || value instanceof Set
        || value instanceof Map
        || value instanceof Deque
        || value instanceof Map.Entry;
  }

  private static Order orderOf(Object collection) throws NoCanonicalFormException {
    Order order = Order.of(collection);
    if (order == null) {
      throw refusal(Unsupported.whyUnknown(collection));
    }
    return order;
  }

  private void set(Set<?> set) throws NoCanonicalFormException {
    Order order = orderOf(set);
    if (order == Order.KEPT) {
      elements(Tag.ORDERED_SET, set.toArray());
    } else {
      to.tag(order == Order.SORTED ? Tag.SORTED_SET : Tag.SET);
      sorted(set.toArray());
    }
  }

  private void record(Object value) throws NoCanonicalFormException {
    RecordForm form;
    try {
      form = RecordForm.of(value.getClass());
    } catch (InaccessibleObjectException e) {
      throw refusal(
          value.getClass().getName() + " is in a module that does not open its package; open it");
    }
    met.instance(value.getClass());
    to.tag(Tag.RECORD).putText(value.getClass().getName()).putInt(form.size());
    for (int i = 0; i < form.size(); i++) {
      to.putText(form.name(i));
      within("." + form.name(i), form.read(value, i));
    }
  }

  private void elements(Tag tag, @Nullable Object[] elements) throws NoCanonicalFormException {
    to.tag(tag).putInt(elements.length);
    for (int i = 0; i < elements.length; i++) {
      try {
        value(elements[i]);
      } catch (NoCanonicalFormException e) {
        throw e.under("[" + i + "]");
      }
    }
  }

  /** Puts elements in the order of their canonical forms: no order of the set's own gets in. */
  private void sorted(@Nullable Object[] elements) throws NoCanonicalFormException {
    byte[][] forms = new byte[elements.length][];
    for (int i = 0; i < elements.length; i++) {
      CanonicalBytes form = to.apart();
      apart("{", elements[i], elements[i], "}", form);
      forms[i] = form.toArray();
    }
    putSorted(forms);
  }

  private void map(Map<?, ?> map) throws NoCanonicalFormException {
    Order order = orderOf(map);
    List<byte[]> forms = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      CanonicalBytes form = to.apart();
      apart("[key ", entry.getKey(), entry.getKey(), "]", form);
      apart("[", entry.getKey(), entry.getValue(), "]", form);
      forms.add(form.toArray());
    }
    if (order == Order.KEPT) {
      to.tag(Tag.ORDERED_MAP);
      put(forms.toArray(byte[][]::new));
    } else {
      to.tag(order == Order.SORTED ? Tag.SORTED_MAP : Tag.MAP);
      putSorted(forms.toArray(byte[][]::new));
    }
  }

  private void putSorted(byte[][] forms) throws NoCanonicalFormException {
    Arrays.sort(forms, Arrays::compareUnsigned);
    put(forms);
  }

  private void put(byte[][] forms) throws NoCanonicalFormException {
    to.putInt(forms.length);
    for (byte[] form : forms) {
      to.putApart(form);
    }
  }

  private void apart(
      String open, @Nullable Object name, @Nullable Object value, String close, CanonicalBytes form)
      throws NoCanonicalFormException {
    try {
      new CanonicalWalk(scalars, functions, keyring, met, ancestors, form).value(value);
    } catch (NoCanonicalFormException e) {
      throw e.under(open + Preview.of(name) + close);
    }
  }

  private void array(Object array) throws NoCanonicalFormException {
    Class<?> component = array.getClass().getComponentType();
    if (!component.isPrimitive()) {
      to.tag(Tag.ARRAY).putText(component.getName());
      elements(Tag.LIST, (Object[]) array);
      return;
    }
    int length = Array.getLength(array);
    to.tag(Tag.PRIMITIVES).putText(component.getName()).putInt(length);
    if (array instanceof byte[] bytes) {
      to.putRaw(bytes);
    } else if (array instanceof long[] longs) {
      for (long each : longs) {
        to.putLong(each);
      }
    } else if (array instanceof int[] ints) {
      for (int each : ints) {
        to.putInt(each);
      }
    } else if (array instanceof double[] doubles) {
      for (double each : doubles) {
        to.putLong(Double.doubleToLongBits(each));
      }
    } else if (array instanceof float[] floats) {
      for (float each : floats) {
        to.putInt(Float.floatToIntBits(each));
      }
    } else if (array instanceof short[] shorts) {
      for (short each : shorts) {
        to.putShort(each);
      }
    } else if (array instanceof char[] chars) {
      for (char each : chars) {
        to.putShort(each);
      }
    } else {
      for (boolean each : (boolean[]) array) {
        to.putByte(each ? 1 : 0);
      }
    }
  }

  private void hashed(HashFunctions.HashFunction function, Object value)
      throws NoCanonicalFormException {
    String type = function.type().getName();
    Object hash;
    try {
      hash = function.function().apply(value);
    } catch (RuntimeException e) {
      NoCanonicalFormException refusal = refusal("the hash function for " + type + " failed: " + e);
      refusal.initCause(e);
      throw refusal;
    }
    to.tag(Tag.HASHED).putText(type);
    if (hash instanceof String text) {
      to.putText(text);
    } else if (hash instanceof byte[] bytes) {
      to.tag(Tag.PRIMITIVES).putBytes(bytes);
    } else {
      throw refusal("the hash function for " + type + " returned null");
    }
  }

  private void secret(Secret<?> secret) throws NoCanonicalFormException {
    if (keyring == null) {
      throw refusal("is a secret, and there is no key under which secrets enter cache keys");
    }
    CanonicalBytes plain = to.apart();
    try {
      new CanonicalWalk(scalars, functions, keyring, met, ancestors, plain).value(secret.reveal());
    } catch (NoCanonicalFormException e) {
      // neither path nor reason, which may quote what is in it
      throw refusal("is a secret whose value has no canonical form; make it one of text");
    }
    to.tag(Tag.SECRET).putRaw(keyring.mac(plain.toArray()));
  }

  private void within(String segment, @Nullable Object value) throws NoCanonicalFormException {
    try {
      value(value);
    } catch (NoCanonicalFormException e) {
      throw e.under(segment);
    }
  }

  private static NoCanonicalFormException refusal(String why) {
    return new NoCanonicalFormException("", why);
  }
}
