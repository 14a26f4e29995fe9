// One criterion: which attribute of whose, how it is compared, and with what. The value's field is as the attribute's kind asks.
import type { ComponentChildren } from 'preact';
import type { Criterion } from '../../../../openapi/generated/api.ts';
import { Checkbox, TextField } from '../../design/field.tsx';
import { Select } from '../../design/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { firstOperator, OPERATORS } from './segment-reading.ts';
import { findCriterion, type Leaf, nameOf } from './segment-tree.ts';

interface CriterionEditorProps {
  leaf: Leaf;
  criteria: readonly Criterion[];
  onChange: (leaf: Leaf) => void;
  buttons: ComponentChildren;
}

export function CriterionEditor({ leaf, criteria, onChange, buttons }: CriterionEditorProps) {
  const found = findCriterion(criteria, leaf.name);
  const choose = (name: string): void => {
    const kind = findCriterion(criteria, name)?.kind ?? 'category';
    onChange({ ...leaf, name, operator: firstOperator(kind), value: '', values: [] });
  };
  return (
    <div class="criterion">
      <Select
        label={t('segments.attribute')}
        isLabelHidden
        value={leaf.name}
        placeholder={t('segments.chooseAttribute')}
        choices={criteria.map((one) => ({ value: nameOf(one), label: `${one.title} (${one.source})` }))}
        onChoose={choose}
      />
      {found !== undefined && (
        <Select
          label={t('segments.operator')}
          isLabelHidden
          value={leaf.operator}
          choices={OPERATORS[found.kind].map((value) => ({ value, label: operatorLabel(value, found.kind) }))}
          onChoose={(operator) => onChange({ ...leaf, operator })}
        />
      )}
      {found !== undefined && <Value leaf={leaf} criterion={found} onChange={onChange} />}
      {buttons}
    </div>
  );
}

function operatorLabel(operator: Leaf['operator'], kind: Criterion['kind']): string {
  if (kind !== 'date') return t(`segments.operator-${operator}`);
  if (operator === '<') return t('segments.operator-before');
  if (operator === '<=') return t('segments.operator-until');
  if (operator === '>') return t('segments.operator-after');
  return operator === '>=' ? t('segments.operator-since') : t(`segments.operator-${operator}`);
}

interface ValueProps {
  leaf: Leaf;
  criterion: Criterion;
  onChange: (leaf: Leaf) => void;
}

function Value({ leaf, criterion, onChange }: ValueProps) {
  const change = (value: string): void => onChange({ ...leaf, value });
  const label = t('segments.value');
  if (leaf.operator === 'is-true' || leaf.operator === 'is-known') return null;
  if (criterion.kind === 'boolean') {
    const choices = [
      { value: 'true', label: t('segments.yes') },
      { value: 'false', label: t('segments.no') },
    ];
    return (
      <Select label={label} isLabelHidden value={leaf.value} placeholder="…" choices={choices} onChoose={change} />
    );
  }
  if (criterion.categories !== null && leaf.operator === 'in') {
    return <Categories leaf={leaf} categories={criterion.categories} onChange={onChange} />;
  }
  if (criterion.categories !== null) {
    const choices = criterion.categories.map((value) => ({ value, label: value }));
    return (
      <Select label={label} isLabelHidden value={leaf.value} placeholder="…" choices={choices} onChoose={change} />
    );
  }
  const isList = leaf.operator === 'in';
  const type = !isList && (criterion.kind === 'number' || criterion.kind === 'date') ? criterion.kind : 'text';
  const hint = isList ? t('segments.severalHint') : undefined;
  return (
    <TextField label={label} isLabelHidden type={type} step="any" value={leaf.value} hint={hint} onInput={change} />
  );
}

interface CategoriesProps {
  leaf: Leaf;
  categories: readonly string[];
  onChange: (leaf: Leaf) => void;
}

function Categories({ leaf, categories, onChange }: CategoriesProps) {
  const toggle = (category: string, isIn: boolean): void => {
    const values = categories.filter((one) => (one === category ? isIn : leaf.values.includes(one)));
    onChange({ ...leaf, values, value: values.join(', ') });
  };
  return (
    <fieldset class="categories">
      <legend class="unseen">{t('segments.value')}</legend>
      {categories.map((category) => (
        <Checkbox
          key={category}
          label={category}
          checked={leaf.values.includes(category)}
          onChange={(isIn) => toggle(category, isIn)}
        />
      ))}
    </fieldset>
  );
}
