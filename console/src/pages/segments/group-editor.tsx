// A group of criteria: all of them, any of them, or some except others. Groups lie within groups; everything is a button or a field, so
// that a keyboard does what a mouse does.
import type { ComponentChildren } from 'preact';
import type { Criterion } from '../../../../openapi/generated/api.ts';
import { Button } from '../../design/button.tsx';
import { Segmented } from '../../design/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { CriterionEditor } from './criterion-editor.tsx';
import {
  addTo,
  changeKind,
  changeNode,
  emptyGroup,
  emptyLeaf,
  type Group,
  moveNode,
  type Node,
} from './segment-tree.ts';

const KINDS = ['and', 'or', 'except'] as const;

export interface Editing {
  readonly root: Group;
  readonly criteria: readonly Criterion[];
  readonly onChange: (root: Group) => void;
}

export function GroupEditor({ group, editing, label }: { group: Group; editing: Editing; label: string }) {
  const { root, onChange } = editing;
  const isRoot = group.id === root.id;
  return (
    <fieldset class={`group group-${group.kind}`}>
      <legend class="unseen">{label}</legend>
      <div class="row is-apart">
        <Segmented
          label={t('segments.groupKind', { group: label })}
          value={group.kind}
          choices={KINDS.map((value) => ({ value, label: t(`segments.kind-${value}`) }))}
          onChoose={(kind) => onChange(changeNode(root, group.id, (node) => changeKind(node as Group, kind)))}
        />
        {!isRoot && <NodeButtons node={group} editing={editing} what={label} />}
      </div>
      {group.kind === 'except' ? (
        <Except group={group} editing={editing} />
      ) : (
        <Members group={group} editing={editing} />
      )}
    </fieldset>
  );
}

function Except({ group, editing }: { group: Group; editing: Editing }) {
  const [keep, drop] = group.children;
  return (
    <div class="stack">
      {[keep, drop].map((part, index) => {
        const label = t(index === 0 ? 'segments.keep' : 'segments.drop');
        return (
          part?.kind !== undefined &&
          part.kind !== 'criterion' && (
            <Part key={part.id} label={label}>
              <GroupEditor group={part} editing={editing} label={label} />
            </Part>
          )
        );
      })}
    </div>
  );
}

function Part({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="stack">
      <p class="field-label">{label}</p>
      {children}
    </div>
  );
}

function Members({ group, editing }: { group: Group; editing: Editing }) {
  const { root, onChange } = editing;
  const add = (node: Node): void => onChange(addTo(root, group.id, node));
  return (
    <>
      {group.children.map((child, index) => (
        <div key={child.id} class="member">
          {index > 0 && <p class="joint">{t(`segments.joint-${group.kind === 'or' ? 'or' : 'and'}`)}</p>}
          {child.kind === 'criterion' ? (
            <CriterionEditor
              leaf={child}
              criteria={editing.criteria}
              onChange={(leaf) => onChange(changeNode(root, child.id, () => leaf))}
              buttons={
                <NodeButtons node={child} editing={editing} what={t('segments.criterion', { number: index + 1 })} />
              }
            />
          ) : (
            <GroupEditor group={child} editing={editing} label={t('segments.group', { number: index + 1 })} />
          )}
        </div>
      ))}
      <div class="row">
        <Button size="small" onPress={() => add(emptyLeaf())}>
          {t('segments.addCriterion')}
        </Button>
        <Button size="small" look="quiet" onPress={() => add(emptyGroup(group.kind === 'and' ? 'or' : 'and'))}>
          {t('segments.addGroup')}
        </Button>
      </div>
    </>
  );
}

function NodeButtons({ node, editing, what }: { node: Node; editing: Editing; what: string }) {
  const { root, onChange } = editing;
  return (
    <span class="row node-buttons">
      <Button
        size="small"
        look="quiet"
        label={t('segments.up', { what })}
        onPress={() => onChange(moveNode(root, node.id, -1))}
      >
        ↑
      </Button>
      <Button
        size="small"
        look="quiet"
        label={t('segments.down', { what })}
        onPress={() => onChange(moveNode(root, node.id, 1))}
      >
        ↓
      </Button>
      <Button
        size="small"
        look="quiet"
        label={t('segments.remove', { what })}
        onPress={() => onChange(changeNode(root, node.id, () => undefined))}
      >
        ×
      </Button>
    </span>
  );
}
