import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatHeader, ChatStore } from '../../client/index.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';
import { useProblem } from '../kit/problems.ts';
import { useSurroundings } from '../kit/surroundings.ts';
import { keepDraft, readDraft } from './drafts.ts';

interface ChatMessageInputProps {
  readonly store: ChatStore;
  readonly chat: ChatHeader;
  /** Who writes. */
  readonly own: string;
  /** Somebody has just chosen this chat, to write in it. */
  readonly takesFocus: boolean;
  onSent(): void;
}

/** As the server counts, in UTF-16 units. */
const LONGEST = 256;
/** So many before that, people are told how many are left. */
const COUNTED_FROM = 40;

/** Where messages are written. What is typed is kept until it is sent. */
export function ChatMessageInput({ store, chat, own, takesFocus, onSent }: ChatMessageInputProps) {
  const words = useWords(WORDS);
  const problem = useProblem();
  const { announce, showToast } = useSurroundings();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => readDraft(own, chat.username));
  const left = LONGEST - text.length;
  const isTooLong = left < 0;
  const canSend = text.trim() !== '' && !isTooLong;
  useGrowing(field, text);
  useLayoutEffect(() => {
    if (takesFocus) field.current?.focus();
  }, []);

  const write = (written: string) => {
    setText(written);
    keepDraft(own, chat.username, written);
    if (written.length > LONGEST && !isTooLong) announce(words.tooLong(written.length - LONGEST));
  };
  const send = async () => {
    if (!canSend) return;
    setText('');
    onSent();
    try {
      // The draft goes when the outbox keeps the message, not before.
      await store.send(text);
      keepDraft(own, chat.username, field.current?.value ?? '');
    } catch (error) {
      setText((since) => (since === '' ? text : `${text}\n${since}`));
      showToast({ key: 'send', text: problem(error) });
    }
  };
  const sendAtEnter = (event: KeyboardEvent) => {
    // The Enter that ends the composition of a character is none of ours; Safari tells of it by its key code alone.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === COMPOSING) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      class="message-input"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="only-heard" for={id}>
        {words.label(chat.nickname)}
      </label>
      <div class={isTooLong ? 'message-field has-problem' : 'message-field'}>
        <textarea
          ref={field}
          id={id}
          rows={1}
          dir="auto"
          enterkeyhint="send"
          autocomplete="off"
          placeholder={words.placeholder}
          aria-invalid={isTooLong}
          aria-describedby={`${id}-left`}
          value={text}
          onInput={(event) => {
            write(event.currentTarget.value);
            store.typing();
          }}
          onKeyDown={sendAtEnter}
        />
        <p id={`${id}-left`} class="message-left">
          {isTooLong ? words.tooLong(-left) : left <= COUNTED_FROM ? words.left(left) : ''}
        </p>
      </div>
      <button
        type="submit"
        class="button-icon is-primary"
        aria-label={words.send}
        aria-disabled={!canSend}
        // The field keeps the focus, and a phone its keyboard.
        onMouseDown={(event) => event.preventDefault()}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}

/** Of a key that is a part of a composition. */
const COMPOSING = 229;

/** As high as what is in it, up to what the style sheet allows. */
function useGrowing(field: { readonly current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    if (!field.current) return;
    const { style } = field.current;
    style.blockSize = 'auto';
    style.blockSize = `${field.current.scrollHeight}px`;
  }, [text]);
}

const WORDS = dictionary({
  en: {
    label: (name: string) => `Message to ${name}`,
    placeholder: 'Write a message',
    send: 'Send',
    left: (count: number) => `${count} left`,
    tooLong: (count: number) =>
      count === 1
        ? 'One character too many for one message.'
        : `${count} characters too many for one message.`,
  },
  fr: {
    label: (name: string) => `Message à ${name}`,
    placeholder: 'Écrivez un message',
    send: 'Envoyer',
    left: (count: number) => (count > 1 ? `${count} restants` : `${count} restant`),
    tooLong: (count: number) =>
      count === 1 ? 'Un caractère de trop pour un message.' : `${count} caractères de trop pour un message.`,
  },
});
