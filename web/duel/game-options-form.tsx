import { useId } from 'preact/hooks';
import type { GameSettings } from '../../client/index.ts';
import { Choice } from '../kit/choice.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Switch } from '../kit/switch.tsx';

/** What the server fills in as well. */
export const USUAL_OPTIONS: GameSettings = {
  score_to_win: 5,
  game_speed: 'medium',
  ranked: false,
  time_limit: 3,
  cool_mode: false,
};

const SCORES = { min: 3, max: 20 };
const TIME_LIMITS = [1, 2, 3, 4, 5] as const;
const SPEEDS = ['slow', 'medium', 'fast'] as const;

interface GameOptionsFormProps {
  readonly options: GameSettings;
  onChange(options: GameSettings): void;
}

/** Chooses how a game is played. Whatever is chosen is allowed. */
export function GameOptionsForm({ options, onChange }: GameOptionsFormProps) {
  const words = useWords(WORDS);
  const score = useId();
  const change = (to: Partial<GameSettings>) => onChange({ ...options, ...to });
  return (
    <>
      <div class="field">
        <label for={score}>{words.score}</label>
        <span class="score">
          <input
            id={score}
            type="range"
            {...SCORES}
            value={options.score_to_win}
            aria-valuetext={words.points(options.score_to_win)}
            onInput={({ currentTarget }) => change({ score_to_win: currentTarget.valueAsNumber })}
          />
          <output for={score} aria-live="off">
            {options.score_to_win}
          </output>
        </span>
      </div>
      <Choice
        label={words.speed}
        choices={SPEEDS}
        nameOf={(speed) => words.speeds[speed]}
        chosen={options.game_speed}
        onChoose={(game_speed) => change({ game_speed })}
      />
      <Choice
        label={words.timeLimit}
        choices={TIME_LIMITS}
        nameOf={(minutes) => `${minutes}`}
        chosen={TIME_LIMITS.find((minutes) => minutes === options.time_limit) ?? null}
        onChoose={(time_limit) => change({ time_limit })}
      />
      <div>
        <Switch label={words.ranked} isOn={options.ranked} onChange={(ranked) => change({ ranked })}>
          {words.rankedHint}
        </Switch>
        <Switch
          label={words.coolMode}
          isOn={options.cool_mode}
          onChange={(cool_mode) => change({ cool_mode })}
        />
      </div>
    </>
  );
}

/** The same in a line, for whoever does not choose. What is not known is left out. */
export function GameOptions({ settings }: { readonly settings: Partial<GameSettings> }) {
  const words = useWords(WORDS);
  const { score_to_win, game_speed, time_limit } = settings;
  const said = [
    score_to_win !== undefined && words.to(score_to_win),
    game_speed !== undefined && words.atSpeed[game_speed],
    time_limit !== undefined && words.minutes(time_limit),
    settings.ranked && words.ranked,
    settings.cool_mode && words.coolMode,
  ].filter((one) => typeof one === 'string');
  return (
    <ul class="game-options" aria-label={words.options}>
      {said.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}

const WORDS = dictionary({
  en: {
    options: 'How it is played',
    score: 'Points to win',
    points: (count: number) => `${count} points`,
    speed: 'Speed',
    speeds: { slow: 'Slow', medium: 'Medium', fast: 'Fast' },
    timeLimit: 'Time limit, in minutes',
    ranked: 'Ranked',
    rankedHint: 'It counts.',
    coolMode: 'Cool mode',
    to: (count: number) => `First to ${count}`,
    atSpeed: { slow: 'Slow', medium: 'Medium speed', fast: 'Fast' },
    minutes: (count: number) => `${count} min`,
  },
  fr: {
    options: 'Règles de la partie',
    score: 'Points pour gagner',
    points: (count: number) => `${count} points`,
    speed: 'Vitesse',
    speeds: { slow: 'Lente', medium: 'Moyenne', fast: 'Rapide' },
    timeLimit: 'Durée, en minutes',
    ranked: 'Classée',
    rankedHint: 'Elle compte.',
    coolMode: 'Mode cool',
    to: (count: number) => `En ${count} points`,
    atSpeed: { slow: 'Lente', medium: 'Vitesse moyenne', fast: 'Rapide' },
    minutes: (count: number) => `${count} min`,
  },
});
